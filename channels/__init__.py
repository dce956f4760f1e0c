"""The ears and the mouth: they know the words of the domain and nothing of the mind, the storage or the desk."""
