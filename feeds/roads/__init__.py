"""Ways by road: what a centre's own router (OSRM or Valhalla) says of how long a unit needs. docs/roads.md."""
