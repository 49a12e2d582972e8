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
    %w[mssh msftp mscp].each do |program|
      man1.install "man/#{program}.1"
      bash_completion.install "completions/#{program}.bash" => program
      fish_completion.install "completions/#{program}.fish"
      zsh_completion.install "completions/_#{program}"
    end
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/mssh --version")
  end
end
