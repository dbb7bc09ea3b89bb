import Foundation
import Training
let args = CommandLine.arguments
do {
  let recipe: any Recipe = args[1] == "fashion-classifier" ? try FashionClassifier() : try FashionDDPM(totalSteps: Int(args[3])!)
  let trainer = try Trainer(recipe, folder: TrainingFolder(args[2]), resume: args.contains("--resume"))
  let outcome = try trainer.run(progress: { p in if p.step % 20 == 0 { FileHandle.standardError.write(Data("\(p.step) \(p.loss) \(p.secondsPerStep) left \(p.secondsLeft/60)\n".utf8)) } })
  print(outcome)
} catch { print(error) }
