"""`/sheet`: the handover sheet of a shift."""
