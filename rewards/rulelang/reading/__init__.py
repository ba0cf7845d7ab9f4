"""From the tree of a text to rules, measures and perks: one module for each part of a document.

Every reader takes a piece of the tree and a `Report`. It notes what is wrong and goes on with a harmless value, so
that one reading finds every problem; whoever calls the outermost reader drops what had errors.
"""
