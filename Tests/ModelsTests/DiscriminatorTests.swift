import Foundation
import Gradients
import Layers
import Models
import Tensors
import TestSupport
import Testing

/// The decoder of the goldens: two convolutions.
private struct SmallDecoder: Module {
  let first = Conv2d(2, 5, kernel: 3, padding: Padding(1))
  let last = Conv2d(5, 3, kernel: 3, padding: Padding(1))

  var children: [(name: String, module: any Module)] { [("0", first), ("2", last)] }

  func callAsFunction(_ latents: Variable) -> Variable { last(first(latents).silu()) }
}

@Suite("The patch discriminator against PyTorch")
struct DiscriminatorTests {
  private let golden: SafetensorsFile
  private let model: PatchDiscriminator
  private let decoder = SmallDecoder()

  init() throws {
    golden = try Goldens.file("discriminator/trace.safetensors")
    model = try ModelFolder(Goldens.path("discriminator")).patchDiscriminator()
    for (name, parameter) in decoder.namedParameters() { parameter.value = try golden.tensor("decoder.\(name)") }
    decoder.requireGradients()
    model.requireGradients()
  }

  private func scalar(_ name: String) throws -> Float { try golden.tensor(name).scalar }

  /// L1 to the real pictures and the discriminator's opinion of `picture`.
  private func balanced(_ picture: Variable, strength: Float) throws -> BalancedLoss {
    let real = Variable(try golden.tensor("real"))
    return BalancedLoss(
      picture: picture, lastLayer: decoder.last.weight, strength: strength,
      reconstruction: { Loss.l1($0, real) }, adversarial: { Loss.hingeGenerator(fake: model($0)) })
  }

  @Test("submodule by submodule")
  func submodules() throws {
    let recorder = Recorder()
    let judged = model(Variable(try golden.tensor("real")), recorder.recording())
    try expectSameTrace(recorder, golden)
    expectClose(judged.value, try golden.tensor("judged"), .norm(1e-5), "judged")
  }

  @Test("the hinge loss and the gradient of every parameter")
  func hinge() throws {
    let fake = decoder(Variable(try golden.tensor("latents"))).detached
    expectClose(fake.value, try golden.tensor("fake"), .norm(1e-5), "fake")
    let loss = Loss.hingeDiscriminator(real: model(Variable(try golden.tensor("real"))), fake: model(fake))
    expectClose(loss.value, try golden.tensor("loss"), .norm(1e-5), "loss")
    loss.backward()
    try expectSameGradients(model, golden)
  }

  @Test("the balanced loss: values, weight, gradients of the decoder and none of the discriminator")
  func balance() throws {
    let loss = try balanced(decoder(Variable(try golden.tensor("latents"))), strength: try scalar("strength"))
    for (name, ours) in [
      ("reconstruction", loss.reconstruction), ("adversarial", loss.adversarial), ("weight", loss.weight),
      ("total", loss.total.value.scalar),
    ] {
      expectClose(Tensor(ours), try golden.tensor(name), .norm(1e-5), name)
    }
    loss.total.backward()
    for (name, parameter) in decoder.namedParameters() {
      let gradient = try #require(parameter.gradient, "\(name)")
      expectClose(gradient, try golden.tensor("decoder.gradient.\(name)"), .norm(1e-5), name)
    }
    #expect(model.namedParameters().allSatisfy { $0.parameter.gradient == nil })
  }

  @Test("with strength 0 the balanced loss is the reconstruction loss, and its gradient scales")
  func noStrength() throws {
    let latents = Variable(try golden.tensor("latents"))
    (try balanced(decoder(latents), strength: 0).total * 3).backward()
    let ours = try #require(decoder.first.weight.gradient)
    decoder.first.weight.clearGradient()
    Loss.l1(decoder(latents), Variable(try golden.tensor("real"))).backward()
    expectClose(ours, try #require(decoder.first.weight.gradient) * 3, .norm(1e-6))
  }

  @Test("the adaptive weight is cut at 10,000")
  func cut() {
    let weight = Loss.adaptiveWeight(reconstruction: Tensor([3, 4]), adversarial: .zeros([2]))
    #expect(weight == 10_000)
    let quotient = Loss.adaptiveWeight(reconstruction: Tensor([3, 4]), adversarial: Tensor([0, 2.5]))
    #expect(abs(quotient - 5 / 2.5001) < 1e-6)
  }

  @Test("a picture's value depends on no other in the batch")
  func singles() throws {
    let real = try golden.tensor("real")
    let batch = model(Variable(real)).value
    for i in 0..<3 {
      expectClose(model(Variable(real.sliced(i..<(i + 1)))).value, batch.sliced(i..<(i + 1)), .scaled(1e-5), "\(i)")
    }
  }

  @Test("the configuration survives writing and reading; one layer is refused")
  func configuration() throws {
    let data = try JSONSerialization.data(withJSONObject: model.configuration.jsonObject)
    var values = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    let read = try PatchDiscriminator.Configuration(ConfigurationObject(values, path: "config.json"))
    #expect(read == model.configuration)
    values["block_out_channels"] = [8]
    let object = ConfigurationObject(values, path: "config.json")
    let error = #expect(throws: UserError.self) { () throws in _ = try PatchDiscriminator.Configuration(object) }
    #expect(error?.sentence.contains("block_out_channels") == true)
  }
}
