# scripts/release replaces the words between @ signs. Untried: the machine it was written on has no Homebrew.
class Mssh < Formula
  desc "@SUMMARY@"
  homepage "@HOMEPAGE@"
  url "@URL@"
  sha256 "@SHA256@"
  license "@LICENSE@"

  depends_on "rust" => :build

  def install
    system "cargo", "install", *std_cargo_args
    man1.install Dir["man/*.1"]
    man7.install Dir["man/*.7"]
    %w[mssh msftp mscp].each do |program|
      bash_completion.install "completions/#{program}.bash" => program
      fish_completion.install "completions/#{program}.fish"
      zsh_completion.install "completions/_#{program}"
    end
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/mssh --version")
  end
end
