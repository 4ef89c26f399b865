"""View-models: frozen dataclasses with exactly what one figure, its table and its sentence need."""
