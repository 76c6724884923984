"""The commands of Bluetooth buttons, and their service beside a desk or inside one. docs/buttons.md."""
