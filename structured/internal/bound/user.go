package bound

// User is a function that the program brought, in the place of one of the library. What
// is behind it is a *user.Function.
type User interface {
	// Volatile reports whether results may differ from call to call.
	Volatile() bool

	// Signature describes what a function of many rows keeps, as part of what stored
	// plans are compared with.
	Signature() string
}
