"""The world outside, on this machine: LINE's platform, a mail network, residents, and a page to play them.

It knows the city hall as that world does: by its webhook, its mail door and its replies. It imports nothing of ours.
"""
