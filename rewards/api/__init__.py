"""The JSON face: what front-desk systems and integrators call. Thin: each route reads, calls one use case, answers."""
