"""Bluetooth buttons: a receiver in the building hears them, what they say goes on the alarm feed. docs/buttons.md.

`packet` reads one advertisement, `memory` tells a new one from a repeated and a replayed one, `store` keeps who is enrolled,
`scanner` is the radio, `service` puts them together. Nothing is imported here: settings are read without a radio.
"""
