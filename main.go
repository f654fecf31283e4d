// Accounts for Egnyte: the desktop app. It chooses a role and hands over.
package main

func main() {}
