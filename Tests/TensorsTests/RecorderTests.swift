import Tensors
import Testing

@Suite("Recorder")
struct RecorderTests {
  @Test func keysArePathsInTheOrderRecorded() {
    let recorder = Recorder()
    let unet = recorder.recording("step.012/unet")
    unet["down_blocks.0"]["resnets.1"].record(Tensor([1]))
    unet["mid_block"].record(Tensor([2]), as: "probabilities")
    unet.record(Tensor([3]))
    recorder.recording()["x"].record(Tensor([4]))
    #expect(
      recorder.entries.map(\.key) == [
        "step.012/unet.down_blocks.0.resnets.1", "step.012/unet.mid_block.probabilities", "step.012/unet", "x",
      ])
    #expect(recorder["step.012/unet"] == Tensor([3]))
    #expect(recorder["unet"] == nil)
  }

  @Test func refusedTensorsAreNeverMade() {
    let recorder = Recorder { $0.hasSuffix("probabilities") }
    var made = 0
    func tensor() -> Tensor {
      made += 1
      return Tensor([Float(made)])
    }
    let recording: Recording? = recorder.recording("attn")
    recording?.record(tensor(), as: "probabilities")
    recording?.record(tensor(), as: "query")
    let none: Recording? = nil
    none?["x"].record(tensor())
    #expect(made == 1)
    #expect(recorder.entries.map(\.key) == ["attn.probabilities"])
  }

  @Test func laterChangesDoNotReachWhatWasRecorded() {
    let recorder = Recorder()
    var x = Tensor([1, 2])
    recorder.recording("x").record(x)
    x[0] = 9
    #expect(recorder["x"] == Tensor([1, 2]))
  }
}
