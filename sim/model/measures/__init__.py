"""What is measured of the network's structure, compiled; the tests hold it against networkx."""
