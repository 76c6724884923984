"""What a feed server does right and wrong, point by point: it is connected to as a desk would, and judged by docs/protocol.md."""
