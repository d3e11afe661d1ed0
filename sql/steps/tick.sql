select pgq.ticker() as ticked
