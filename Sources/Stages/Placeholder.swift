// Filled by the first pieces of Stages.
