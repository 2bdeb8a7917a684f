"""The documentation: pages in Markdown, and the tools that keep them in step with the code (`docs.tools`)."""
