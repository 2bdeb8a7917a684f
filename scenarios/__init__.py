"""Scenario folders shipped with Urga: data a historian can edit, one folder a campaign."""
