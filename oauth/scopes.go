package oauth

// DefaultScope is the least that most work with Egnyte needs: files and folders.
const DefaultScope = "Egnyte.filesystem"

// Scopes are the names that Egnyte documents (Public API Authentication, scopes).
// Egnyte may know more.
func Scopes() []string {
	return []string{
		DefaultScope, "Egnyte.link", "Egnyte.permission", "Egnyte.user", "Egnyte.group", "Egnyte.audit",
		"Egnyte.bookmark", "Egnyte.projectfolders", "Egnyte.launchwebsession", "Egnyte.webhooks", "Egnyte.ai",
		"Egnyte.sign", "Egnyte.documentportal", "Egnyte.uploadrequests", "Egnyte.etmf", "Egnyte.controlleddocs",
		"Egnyte.salesforce", "Egnyte.integrations",
	}
}
