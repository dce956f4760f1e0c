"""The words of the domain: messages, replies, conversations. Depends on nothing but the standard library."""
