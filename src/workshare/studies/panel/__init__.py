"""Panels of places: invert to fundamentals, enumerate equilibria, name types, split the change."""

from workshare.studies.panel.enumeration import Enumeration, EnumerationOptions, enumerate_all
from workshare.studies.panel.estimation import Estimate, estimate_elasticities
from workshare.studies.panel.events import Effect, EventOptions, EventSummary, summarise_events
from workshare.studies.panel.panel import Panel, read_panel, write_panel
from workshare.studies.panel.place_model import PlaceModel
from workshare.studies.panel.simulated import (
    SimulationOptions,
    Truth,
    simulate_panel,
    write_truth,
)
from workshare.studies.panel.split import ORDERS, Split, split_changes, summarise
from workshare.studies.panel.study import PanelOptions, PanelResult, study_panel
from workshare.studies.panel.types import Changes, changes

__all__ = [
    "Panel",
    "read_panel",
    "write_panel",
    "PlaceModel",
    "Estimate",
    "estimate_elasticities",
    "Enumeration",
    "EnumerationOptions",
    "enumerate_all",
    "Changes",
    "changes",
    "Split",
    "ORDERS",
    "split_changes",
    "summarise",
    "Effect",
    "EventOptions",
    "EventSummary",
    "summarise_events",
    "SimulationOptions",
    "Truth",
    "simulate_panel",
    "write_truth",
    "PanelOptions",
    "PanelResult",
    "study_panel",
]
