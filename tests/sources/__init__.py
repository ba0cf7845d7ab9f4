"""Live sources: the host, the contract suite and its teeth, deliveries, own addresses, third-party packages."""
