"""Networks on the processor: formulas as machine code, and an implicit integrator cell by cell."""
