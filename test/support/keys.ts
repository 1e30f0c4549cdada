/** A `SECRET_KEY` as operators make them, for what runs outside the sandbox: one that can be guessed is refused there. */
export const SECRET_KEY = '9f1c64e07ab35d28c6f04b9e73d1a85e2f7706cbd94183ea5b60f7c21e38ad94';
