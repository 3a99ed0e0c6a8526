"""What an answer says: a result becomes a document, one folder a subject. They build on one another in this order.

``form`` and ``words`` are below all; ``plan`` is the answer to one case; then what is asked beyond it (``curves``,
``sensitivity``, ``compared``, ``consortium``, ``power``); ``readback`` looks at files of them all.
"""
