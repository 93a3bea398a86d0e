from gezhi.config.cli import main

main()
