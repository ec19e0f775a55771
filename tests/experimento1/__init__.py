"""Experiment 1: scale. The platform behind a balancer, under JMeter, and what becomes of all that it accepted."""
