"""How Vigie comes onto a machine: the wheel, the bundle, the units, the container."""
