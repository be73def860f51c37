// Placeholder while the replay is written.
int main() { return 0; }
