"""Networks of genes and signals, read from SBML and integrated for many cells at once."""
