// swift-tools-version: 6.2
import PackageDescription

/// Warnings are errors in every target of ours; `-Ounchecked` is not used anywhere.
let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]

/// A system library seen through a module map alone.
func system(_ name: String, pkgConfig: String, apt: String) -> Target {
  .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([apt])])
}

func library(
  _ name: String, _ dependencies: [Target.Dependency], exclude: [String] = [], resources: [Resource] = []
) -> Target {
  .target(name: name, dependencies: dependencies, exclude: exclude, resources: resources, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
  .testTarget(name: "\(name)Tests", dependencies: dependencies, exclude: exclude, swiftSettings: strict)
}

let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")

// Lowest first: a target depends only on targets above it.
let package = Package(
  name: "diffusion-explorer",
  products: [.executable(name: "diffuse", targets: ["diffuse"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    system("COpenBLAS", pkgConfig: "openblas", apt: "libopenblas-dev"),
    system("CCairo", pkgConfig: "cairo", apt: "libcairo2-dev"),
    system("CPango", pkgConfig: "pangocairo", apt: "libpango1.0-dev"),
    system("CPixbuf", pkgConfig: "gdk-pixbuf-2.0", apt: "libgdk-pixbuf-2.0-dev"),
    system("CMarkdown", pkgConfig: "libcmark-gfm", apt: "libcmark-gfm-dev"),
    system("CChafa", pkgConfig: "chafa", apt: "libchafa-dev"),
    system("CZlib", pkgConfig: "zlib", apt: "zlib1g-dev"),
    .target(
      name: "CKernels", cSettings: [.unsafeFlags(["-O3", "-ffp-contract=fast"])], linkerSettings: [.linkedLibrary("m")]),
    library("Tensors", ["COpenBLAS", "CKernels"], exclude: ["Convolution.md"]),
    library("Gradients", ["Tensors", "CKernels"]),
    library("Layers", ["Gradients", "CKernels"]),
    library("Diffusion", ["Tensors"]),
    library("Models", ["Layers", "Diffusion"], exclude: ["Resources"]),
    library("Pipelines", ["Models", "Diffusion"]),
    library("Drawing", ["Tensors", "CCairo", "CPango", "CPixbuf"], exclude: ["README.md"]),
    library("Datasets", ["Tensors", "Drawing", "CZlib"]),
    library("Training", ["Pipelines", "Datasets", "COpenBLAS"]),
    library("Formulas", []),
    library("FormulaBindings", ["Formulas", "Training"]),
    library("Stages", ["Training", "Drawing", "FormulaBindings"], exclude: ["README.md", "Resources"]),
    // Compiled in, so that the program stays one file.
    library(
      "LessonRunner", ["Stages", "CMarkdown", "CChafa", yams],
      resources: [
        .embedInCode("HTML/course.css"), .embedInCode("HTML/course.js"), .embedInCode("Notebook/setup.py"),
      ]),
    .executableTarget(name: "diffuse", dependencies: ["LessonRunner", argumentParser], swiftSettings: strict),

    .target(name: "TestSupport", dependencies: ["Tensors"], path: "Tests/TestSupport", swiftSettings: strict),
    tests("TestSupport", ["TestSupport"]),
    tests("Tensors", ["Tensors", "TestSupport"]),
    tests("Gradients", ["Gradients", "TestSupport"]),
    tests("Layers", ["Layers", "TestSupport"]),
    tests("Diffusion", ["Diffusion", "TestSupport"]),
    tests("Models", ["Models", "TestSupport"]),
    tests("Pipelines", ["Pipelines", "TestSupport"]),
    tests("Drawing", ["Drawing", "TestSupport"], exclude: ["Baselines", "Pictures"]),
    tests("Datasets", ["Datasets", "TestSupport"]),
    tests("Training", ["Training", "Pipelines", "TestSupport"]),
    tests("Formulas", ["Formulas", "FormulaBindings"]),
    tests("Stages", ["Stages", "TestSupport"]),
    tests("LessonRunner", ["LessonRunner", "TestSupport"]),
    tests("CommandLine", ["diffuse", "TestSupport"]),
  ]
)
