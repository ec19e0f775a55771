"""Images without the people in them: from bytes and a key to clean bytes and a report.

:func:`anonimizacion.motor.anonimizar` is the door. This module imports nothing, so that who needs a patient's pseudonym
alone (:mod:`anonimizacion.paciente`, :mod:`anonimizacion.seudonimos`) loads no decoder of pictures.
"""
