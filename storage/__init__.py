"""Everything remembered. Rows do not leave this folder: what comes out are the words of the domain."""
