"""Sound: touches become voices, on a sound card or in a file. The only place that touches signalflow.

    articulation  how touching and moving a finger becomes levels and timbre (pure)
    ensemble      events to gestures on voices (pure)
    voice, mixer  the signalflow graph
    live          the live sound
    server        the process it lives in, because signalflow can end a process
    remote        the sink of the app: writes to that process, and starts another if it must
    process       starts that process, and has the pipe to it
    ipc           what goes through the pipe
    device        is there a sound card
    offline       the same to a WAV file

Pitch, the tables of the instruments and the pool of voices are in `app.core`: MIDI uses them too.

signalflow is loaded when a graph is made, in the process that makes it.
"""
