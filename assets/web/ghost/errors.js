// @ts-check

/** A model file that cannot be played: what is wrong, and what would be right. As `models.errors`. */
export class ModelError extends Error {
  name = "ModelError";
}

/** A call the ghost refuses; its state is what it was before. As `app.ghost`. */
export class GhostError extends Error {
  name = "GhostError";
}
