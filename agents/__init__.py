"""The conversation graph and its nodes; citations. Knows the ports of the layers below, not SQL or HTTP."""
