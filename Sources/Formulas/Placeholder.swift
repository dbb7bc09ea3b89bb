// Filled by the first pieces of Formulas.
