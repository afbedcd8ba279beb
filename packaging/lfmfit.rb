# Homebrew's recipe, for a tap of your own (OWNER: whose repository it is): brew install --HEAD ./packaging/lfmfit.rb
class Lfmfit < Formula
  desc "Tells whether a language model fits on hardware, and how fast it runs there"
  homepage "https://github.com/OWNER/lfmfit"
  license "MIT"
  head "https://github.com/OWNER/lfmfit.git", branch: "main"

  depends_on "cli11" => :build
  depends_on "cmake" => :build
  depends_on "ninja" => :build
  depends_on "nlohmann-json" => :build
  depends_on "fmt"
  depends_on "pugixml"

  def install
    system "cmake", "-S", ".", "-B", "build", "-G", "Ninja", "-DLFMFIT_BUILD_TESTS=OFF", *std_cmake_args
    system "cmake", "--build", "build"
    system "cmake", "--install", "build"
    generate_completions_from_executable(bin/"lfmfit", "completion")
  end

  test do
    assert_match "runs great", shell_output("#{bin}/lfmfit check lfm2-1.2b --on rtx-4090")
  end
end
