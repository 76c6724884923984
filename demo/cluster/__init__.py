"""A fictional centre on a cluster, all of it on this machine, and what can be broken of it while somebody watches."""
