import Testing

/// Tests that set what the whole process shares (the number of threads): one after the other.
@Suite("Shared state", .serialized)
struct SharedStateTests {}
