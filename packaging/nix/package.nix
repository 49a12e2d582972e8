# nix-build -E '(import <nixpkgs> { }).callPackage ./packaging/nix/package.nix { }'
#
# Version and checksums come from Cargo.toml and Cargo.lock. Untried but for its syntax.
{
  lib,
  rustPlatform,
  installShellFiles,
  makeWrapper,
  openssh,
}:
let
  manifest = (lib.importTOML ../../Cargo.toml).package;
in
rustPlatform.buildRustPackage {
  pname = manifest.name;
  inherit (manifest) version;
  src = lib.cleanSource ../..;
  cargoLock.lockFile = ../../Cargo.lock;
  nativeBuildInputs = [
    installShellFiles
    makeWrapper
  ];
  # The tests need an sshd and root.
  doCheck = false;
  postInstall = ''
    installManPage man/*.?
    for program in mssh msftp mscp; do
      installShellCompletion --bash --name $program completions/$program.bash
      installShellCompletion --fish completions/$program.fish
      installShellCompletion --zsh completions/_$program
      wrapProgram $out/bin/$program --suffix PATH : ${lib.makeBinPath [ openssh ]}
    done
  '';
  meta = {
    inherit (manifest) description;
    license = lib.licenses.asl20;
    mainProgram = "mssh";
    platforms = lib.platforms.unix;
  };
}
