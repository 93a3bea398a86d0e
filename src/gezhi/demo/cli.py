"""`gezhi simulate`"""

import click


@click.command()
@click.option("--seed", default=1, show_default=True)
@click.option("--every", default=2.0, show_default=True, help="Seconds between reports.")
def simulate(seed: int, every: float) -> None:
    """Report and play every post of a demonstration city until interrupted."""
    from gezhi.demo.setting_up import spots, stage
    from gezhi.demo.simulator import Simulator, run_forever

    run_forever(lambda: Simulator(stage(), spots(seed), seed), every)
