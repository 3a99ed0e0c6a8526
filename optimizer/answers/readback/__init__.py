"""A plan's file read again: is it what the program would answer today?"""
