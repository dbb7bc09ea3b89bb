import Tensors
import TestSupport
import Testing

@Suite("The comparison helper")
struct DifferenceTests {
  let reference = Tensor([1, -2, 3, 4, -5, 6], shape: [2, 3])

  @Test func equalTensorsPass() {
    #expect(difference(reference, reference, .absolute(0)) == nil)
    #expect(difference(reference, reference, .norm(0)) == nil)
  }

  @Test func cancellingErrorsFail() {
    let shifted = Tensor([1.5, -2.5, 3, 4, -5, 6], shape: [2, 3])
    #expect(shifted.sum == reference.sum)
    #expect(difference(shifted, reference, .absolute(0.1)) != nil)
    #expect(difference(shifted, reference, .norm(0.01)) != nil)
  }

  @Test func shapesAreComparedFirst() {
    let flat = reference.reshaped([6])
    #expect(difference(flat, reference, .absolute(10))?.contains("shape [6]") == true)
    #expect(difference(Tensor([1, -2], shape: [2]), flat, .absolute(10)) != nil)
  }

  @Test func notANumberFails() {
    var broken = reference
    broken[1, 0] = .nan
    #expect(difference(broken, reference, .absolute(.infinity))?.contains("[1, 0]") == true)
    #expect(difference(reference, broken, .absolute(.infinity)) != nil)
  }

  @Test func infinityOnOneSideFails() {
    var broken = reference
    broken[0, 1] = .infinity
    #expect(difference(broken, reference, .absolute(1)) != nil)
    #expect(difference(broken, reference, .norm(1)) != nil)
  }

  @Test func theLargestErrorIsNamed() {
    var off = reference
    off[0, 2] = 3.25
    off[1, 1] = -4.5
    let text = difference(off, reference, .absolute(0.1)) ?? ""
    #expect(text.contains("[1, 1]") && text.contains("-4.5") && text.contains("-5.0"))
  }

  @Test func theScaledToleranceGrowsWithTheReference() {
    let large = Tensor([100, 0], shape: [2])
    #expect(difference(Tensor([100.5, 0], shape: [2]), large, .scaled(0.01)) == nil)
    #expect(difference(Tensor([100.5, 0], shape: [2]), large, .absolute(0.01)) != nil)
  }

  @Test func aZeroReferenceMustBeMetExactly() {
    #expect(difference(Tensor([0, 1e-9]), Tensor([0, 0]), .norm(1)) != nil)
  }
}
