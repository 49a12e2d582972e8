"""What is typed."""

COLUMNS, ROWS = 80, 22
TITLE = "mssh: logging in by ID and by name, choosing an instance, and asking the doctor"
PROMPT, THERE = "$ ", "there$ "


def prepare(screen):
    """Before the recording: short prompts on both sides, and a file to copy."""
    screen.wait_for("$ ", limit=1200)
    screen.type(f"echo \"PS1='{THERE}'\" >~/../remote/.bashrc; cd\r")
    screen.type("cp ~/../remote/.bashrc ~/../remote/.bash_profile\r")
    screen.type("head -c 20000000 /dev/urandom >site.tar; export LANG=C.UTF-8; clear; echo ready\r")
    screen.wait_for("ready\n$ ")
    screen.type("clear\r")
    screen.wait_for("\f$ ")
    screen.begin()


def play(screen):
    """The recording."""
    screen.pause(1)
    command(screen, "mssh i-0b7d2f4c8a91e6035 uptime -p    # an instance, by its ID")
    command(screen, "mscp site.tar web-2:                  # by its name")
    command(screen, "mssh --each web-1,web-2,web-3 -- date  # several at once")
    screen.type("mssh                                  # or choose")
    screen.pause(0.6)
    screen.type("\r")
    screen.wait_for("db-2")
    screen.pause(1.8)
    screen.type("db", pace=0.3)
    screen.pause(1.4)
    screen.type("\r")
    screen.wait_for(THERE)
    screen.pause(1.2)
    screen.type("exit\r")
    screen.wait_for("closed.\n" + PROMPT)
    screen.pause(0.8)
    screen.type("clear\r")
    screen.wait_for("\f$ ")
    command(screen, "mssh api-1 uptime")
    command(screen, "mssh api-1 --doctor                   # what is wrong?")
    screen.pause(7)


def command(screen, line, limit=120):
    """Types a command, and waits for the next prompt."""
    screen.type(line)
    screen.pause(0.6)
    screen.type("\r")
    screen.wait_for_prompt(PROMPT, limit)
    screen.pause(1.6)
