"""Answers shown: terminal, files, pages."""
