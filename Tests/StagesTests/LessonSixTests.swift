import Stages
import TestSupport
import Testing

/// What lesson 06 says of the three shipped autoencoders.
@Suite struct LessonSixTests {
  private func numbers(_ result: StageResult, _ name: String) throws -> [Double] {
    guard case .numbers(let values)? = result.fact(named: name) else { return [] }
    return values
  }

  @Test func coarseStructureIsKeptAndFineIsDropped() throws {
    let result = try runShipped("dropped-spectrum")
    let bands = try ["coarse", "middle", "fine"].map { try numbers(result, "kept_\($0)") }
    for n in 0..<3 {
      #expect(bands[0][n] > 0.95 && bands[0][n] > bands[1][n] && bands[1][n] > bands[2][n], "autoencoder \(n)")
    }
    // L2 leaves out what it does not know; the others may put something in.
    #expect(try numbers(result, "power_fine")[0] < 1)
    #expect(try numbers(result, "original_shares")[0] > 0.5)
  }

  @Test func theThreeAreAlikeButForTheLoss() throws {
    let losses = try runShipped("reconstruction-losses")
    #expect(try numbers(losses, "psnrs").allSatisfy { $0 > 15 })
    let training = try runShipped("compression-training")
    // What the lesson says: the new terms are added, and the sum jumps.
    #expect(training.number("after_join") > 2 * training.number("before_join"))
    #expect(try numbers(training, "last_losses")[0] < (try numbers(training, "first_losses"))[0])
  }
}
