"""Truths that are made up and fitted again: does the fit find what is there?"""
