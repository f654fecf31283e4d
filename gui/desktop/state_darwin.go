package desktop

// stateHome is where the Console app looks for logs.
func stateHome() (string, error) { return inHome("Library", "Logs") }
