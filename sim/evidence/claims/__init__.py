"""The seeds' claims as experiments: does a generative network tick as its authors say?"""
