// Filled by the first pieces of FormulaBindings.
